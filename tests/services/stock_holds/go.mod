module example.com/svc-holds

go 1.21

require example.com/testbed v0.0.0

replace example.com/testbed => ../testbed
