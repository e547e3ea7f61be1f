module admin
