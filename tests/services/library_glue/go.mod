module example.com/svc-settings

go 1.21

require (
	example.com/confmap v0.0.0
	example.com/testbed v0.0.0
)

replace (
	example.com/confmap => ../confmap
	example.com/testbed => ../testbed
)
