"""The office agent: a camera's frames become readings of people who opted in; everybody else stays unseen."""
