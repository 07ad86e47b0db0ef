package settings

import (
	"fmt"
	"strings"
)

// Export is the document that the settings service reads at start: n defaults
// and, for one in ten, what regions and tenants put in its place.
func Export(n int) string {
	var doc strings.Builder
	doc.Grow(n * 48)
	doc.WriteString(`{"defaults":{`)
	members(&doc, "default", n, 1)
	doc.WriteString(`},"regions":{`)
	members(&doc, "region", n, 10)
	doc.WriteString(`},"tenants":{`)
	members(&doc, "tenant", n, 10)
	doc.WriteString(`}}`)
	return doc.String()
}

func members(doc *strings.Builder, scope string, n, step int) {
	for i := 0; i < n; i += step {
		if i > 0 {
			doc.WriteByte(',')
		}
		fmt.Fprintf(doc, `"%s-%d.limit":%d`, scope, i, i*step%1_000)
	}
}
