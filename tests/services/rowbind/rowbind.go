// Package rowbind reads delimited text into maps. It stands for a third-party
// library: profiles show its files below example.com/rowbind@v0.0.0.
package rowbind

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Into puts every row of src into dst, as the key and the value that bind
// makes of its fields. A later row with the same key wins.
func Into[K comparable, V any](dst map[K]V, src io.Reader, bind func(fields []string) (K, V, error)) error {
	rows := bufio.NewScanner(src)
	for number := 1; rows.Scan(); number++ {
		key, value, err := bind(strings.Split(rows.Text(), ";"))
		if err != nil {
			return fmt.Errorf("row %d: %w", number, err)
		}
		dst[key] = value // site: growth_storm
	}
	return rows.Err()
}
