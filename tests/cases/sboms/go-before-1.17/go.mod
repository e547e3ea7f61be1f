module example.com/old

go 1.16

require example.com/money v1.0.0
