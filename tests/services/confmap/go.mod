module example.com/confmap

go 1.21
