module example.com/testbed

go 1.21
