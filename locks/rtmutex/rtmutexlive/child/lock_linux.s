// That this file exists allows lock_linux.go to declare functions without a body.
