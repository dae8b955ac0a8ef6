"""What leaves this repository: the students' repository, and what is uploaded to each platform."""
