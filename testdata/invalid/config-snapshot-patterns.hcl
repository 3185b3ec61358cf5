pool "fast" {
  driver = "dir"
  config = { "volume.snapshots.pattern" = "nightly-%Y-%m-%d" }
  volume "slash" { config = { "snapshots.pattern" = "a/b%d" } }
  volume "slash_date" { config = { "snapshots.pattern" = "{{ creation_date|date:'2006/01/02' }}" } }
  volume "broken" { config = { "snapshots.pattern" = "{{ creation_date" } }
  volume "twice" { config = { "snapshots.pattern" = "snap%d-%d" } }
  volume "same" { config = { "snapshots.pattern" = "daily" } }
  volume "filter" { config = { "snapshots.pattern" = "{{ creation_date|data:'2006' }}" } }
  volume "layout" { config = { "snapshots.pattern" = "{{ creation_date|date:'YYYY-MM-DD' }}" } }
  volume "hourly" { config = { "snapshots.pattern" = "{{ creation_date|date:'2006-01-02' }}", "snapshots.schedule" = "@hourly" } }
  volume "white" { config = { "snapshots.pattern" = "{{ creation_date }}" } }
  volume "fine" { config = { "snapshots.pattern" = "{{ creation_date|date:'2006-01-02' }}", "snapshots.schedule" = "@daily" } }
}
#+ 3:   config = { "volume.snapshots.pattern" = "nightly-{{ creation_date|date:'2006-01-02_15-04-05' }}" }
#+ 4:   volume "slash" { config = { "snapshots.pattern" = "a-b%d" } }
#+ 5:   volume "slash_date" { config = { "snapshots.pattern" = "{{ creation_date|date:'2006-01-02' }}" } }
#+ 6:   volume "broken" { config = { "snapshots.pattern" = "{{ creation_date|date:'2006-01-02_15-04-05' }}" } }
#+ 7:   volume "twice" { config = { "snapshots.pattern" = "snap%d" } }
#+ 8:   volume "same" { config = { "snapshots.pattern" = "daily%d" } }
#+ 9:   volume "filter" { config = { "snapshots.pattern" = "{{ creation_date|date:'2006-01-02_15-04-05' }}" } }
#+ 10:   volume "layout" { config = { "snapshots.pattern" = "{{ creation_date|date:'2006-01-02_15-04-05' }}" } }
#+ 11:   volume "hourly" { config = { "snapshots.pattern" = "{{ creation_date|date:'2006-01-02' }}-%d", "snapshots.schedule" = "@hourly" } }
#+ 12:   volume "white" { config = { "snapshots.pattern" = "{{ creation_date|date:'2006-01-02_15-04-05' }}" } }
#! 3:43-3:61 error: Invalid config value
#!     The value of "volume.snapshots.pattern" is wrong: "nightly-%Y-%m-%d" has %Y, which is for strftime: write the date as {{ creation_date|date:'2006-01-02_15-04-05' }}.
#! 4:53-4:60 error: Invalid config value
#!     The value of "snapshots.pattern" is wrong: "a/b%d" gives names with a slash, which no snapshot has.
#! 5:58-5:97 error: Invalid config value
#!     The value of "snapshots.pattern" is wrong: "{{ creation_date|date:'2006/01/02' }}" gives names with a slash, which no snapshot has.
#! 6:54-6:72 error: Invalid config value
#!     The value of "snapshots.pattern" is wrong: "{{ creation_date" is no template: a {{ has no }}, or the other way round.
#! 7:53-7:64 error: Invalid config value
#!     The value of "snapshots.pattern" is wrong: "snap%d-%d" has %d 2 times, and servers take it once.
#! 8:52-8:59 error: Invalid config value
#!     The value of "snapshots.pattern" is wrong: "daily" gives each snapshot the same name, so that only the first can be taken: add %d or {{ creation_date|date:'2006-01-02_15-04-05' }}.
#! 9:54-9:87 error: Invalid config value
#!     The value of "snapshots.pattern" is wrong: "{{ creation_date|data:'2006' }}" is no template: it has no filter "data"; that of dates is called date.
#! 10:54-10:93 error: Invalid config value
#!     The value of "snapshots.pattern" is wrong: "{{ creation_date|date:'YYYY-MM-DD' }}" has a date that is always the same: "YYYY-MM-DD" is none of Go's layouts, in which 2006-01-02 stands for year, month and day: write {{ creation_date|date:'2006-01-02_15-04-05' }}.
#! 11:54-11:93 warning: Snapshots may not be taken
#!     "{{ creation_date|date:'2006-01-02' }}": snapshots.schedule = "@hourly" asks for several snapshots in the time for which it gives one name, and only the first of them can be taken: add %d, or the time to the date.
#! 12:53-12:74 warning: Snapshots may not be taken
#!     "{{ creation_date }}": without a format the date has white space, which LXD 5.21 and later do not take in a name: write {{ creation_date|date:'2006-01-02_15-04-05' }}.
