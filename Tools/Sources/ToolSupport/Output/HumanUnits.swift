/// A number of bytes for people: `512 B`, `24.6 KB`, `1.31 GB`; powers of 1000, three digits.
public func humanSize(_ bytes: Int) -> String {
    guard bytes >= 1000 else { return "\(bytes) B" }
    var value = Double(bytes)
    for unit in ["KB", "MB", "GB", "TB", "PB"] {
        value /= 1000
        if value < 999.5 { return "\(threeDigits(value)) \(unit)" }
    }
    return "\(threeDigits(value / 1000)) EB"
}

/// A time for people: `850 µs`, `12.3 ms`, `1.24 s`, `2 min 05 s`, `3 h 12 min`.
public func humanTime(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "?" }
    if seconds < 0.9995e-3 { return "\(threeDigits(seconds * 1e6)) µs" }
    if seconds < 0.9995 { return "\(threeDigits(seconds * 1e3)) ms" }
    if seconds < 59.95 { return "\(threeDigits(seconds)) s" }
    guard seconds < 1e15 else { return "?" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    return "\(whole / 3600) h \(twoDigits(whole % 3600 / 60)) min"
}

/// A count with thousands set apart: `1 234 567`.
public func humanCount(_ count: Int) -> String {
    let digits = Array(String(count.magnitude))
    var text = ""
    for (i, digit) in digits.enumerated() {
        if i > 0, (digits.count - i).isMultiple(of: 3) { text.append(" ") }
        text.append(digit)
    }
    return count < 0 ? "-" + text : text
}

/// A real number for people: up to `digits` significant digits.
public func humanNumber(_ value: Double, digits: Int = 6) -> String {
    guard value.isFinite, value != 0 else { return "\(value == 0 ? "0" : "\(value)")" }
    // 10^e <= |value| < 10^(e+1), by comparison: no logarithm to be off by one.
    var exponent = 0
    var scaled = abs(value)
    while scaled >= 10 { (scaled, exponent) = (scaled / 10, exponent + 1) }
    while scaled < 1 { (scaled, exponent) = (scaled * 10, exponent - 1) }
    guard (-5..<15).contains(exponent) else { return "\(value)" }
    return fixed(value, decimals: max(0, digits - 1 - exponent), trimmed: true)
}

/// Three significant digits of a value in [0, 1000).
private func threeDigits(_ value: Double) -> String {
    fixed(value, decimals: value < 9.995 ? 2 : value < 99.95 ? 1 : 0, trimmed: false)
}

private func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

/// Decimal notation, without an exponent. The value and its scaled form must fit an integer.
private func fixed(_ value: Double, decimals: Int, trimmed: Bool) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 9e18 else { return "\(value)" }
    var digits = String(UInt64(scaled))
    digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    var fraction = String(digits.suffix(decimals))
    if trimmed { while fraction.last == "0" { fraction.removeLast() } }
    let whole = digits.dropLast(decimals)
    return (value < 0 && scaled > 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
}

/// A name from a file, safe to print: quoted, with control characters escaped, cut at 200.
public func quoted(_ name: String) -> String {
    var text = "\""
    for scalar in name.unicodeScalars.prefix(200) {
        if scalar.properties.generalCategory == .control || scalar == "\"" || scalar == "\\" {
            text += scalar.escaped(asASCII: false)
        } else {
            text.unicodeScalars.append(scalar)
        }
    }
    return text + (name.unicodeScalars.count > 200 ? "…\"" : "\"")
}
