module example.com/svc-ledger

go 1.21

require (
	example.com/rowbind v0.0.0
	example.com/testbed v0.0.0
)

replace (
	example.com/rowbind => ../rowbind
	example.com/testbed => ../testbed
)
