services:
  db:
    image: postgres
volumes:
  pgdata: {}
#+ 1: pool "default" {
#+ 2:   existing = true
#+ 3:   volume "pgdata" {}
#+ 4: }
#+ 5:
#! 1:1-1:10 error: File is YAML
#!     This is YAML of docker compose. tarn manages volumes of LXD and Incus, in pools:
#!
#!     pool "default" {
#!     existing = true
#!     volume "data" {}
#!     }
