module example.com/rowbind

go 1.21
