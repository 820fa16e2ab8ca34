import ArgumentParser
@main struct ZKML: ParsableCommand {
  func run() throws { print("hi") }
}
