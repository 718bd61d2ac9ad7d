-- Each service owns a database of its own. Run once, by PostgreSQL's image, when its volume is new.
CREATE DATABASE profiles;
CREATE DATABASE matcher;
CREATE DATABASE notifications;
