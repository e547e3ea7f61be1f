module example.com/acme/shop

go 1.24.0

toolchain go1.24.1

require (
	github.com/Acme/Money v2.1.0+incompatible
	example.com/replaced v1.0.0
	example.com/local v1.0.0
)

require golang.org/x/text v0.14.0 // indirect

replace example.com/replaced => example.com/fork/v2 v2.0.1

replace example.com/local v1.0.0 => ../local
