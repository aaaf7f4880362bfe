// That this file exists allows lock.go to declare functions without a body.
