package api

func (s *server) giveExamples() {}
