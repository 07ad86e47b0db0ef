"""`./mapstorm chaos`: a stream of alerts while workers are killed, Redis is stopped and Slack fails. Then everything is
counted: what is lost or doubled fails the run."""
