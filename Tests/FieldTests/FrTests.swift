import Field
import Testing

@Suite("Fr") struct FrTests {
    @Test("one is one") func one() { #expect(Fr(1).canonicalBytes == [1] + [UInt8](repeating: 0, count: 31)) }
}
