using System.Globalization;
using System.Text;

namespace Signalbox.Tests.Fuzz;

/// <summary>Damages an input in one to five places: blindly, or as the structure of its JSON, base64 or DER has it.</summary>
internal static class FuzzDamage
{
    private const int Largest = 256 << 10;

    private static readonly string[] s_pieces =
    [
        "\"", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "1e999", "99999999999999999999999", "\\ud800", "\\u0000", "\0", "<", "</", "/>", "&x;", "&#0;", "<!DOCTYPE a [", "]]>",
        "\u00ff", "\"\"", "{}", "[[[[[[[[", "end_of_record\n", "LF:-1\n", "\n", "\r\n", "\t", " ", "  - ", "&a ", "*a", "<<: ", "!!binary ", "|\n", "---\n", "? ", "# ", "*", "@", "%", "+", "=", "==", "-----BEGIN A-----",
    ];

    private static readonly string[] s_numbers = ["-1", "0", "1", "127", "255", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "1e400", "-0", "0.1", "00"];

    /// <param name="whole">A valid input, or one that was damaged before.</param>
    /// <param name="others">Inputs of the same reader, to take pieces from.</param>
    public static byte[] Of(byte[] whole, IReadOnlyList<byte[]> others, Random random)
    {
        var bytes = whole;
        for (var i = random.Next(1, 6); i > 0; i--) bytes = Once(bytes, others, random);
        return bytes.Length <= Largest ? bytes : bytes[..Largest];
    }

    private static byte[] Once(byte[] bytes, IReadOnlyList<byte[]> others, Random random) => random.Next(11) switch
    {
        0 when bytes.Length > 0 => Flip(bytes, random),
        1 => Cut(bytes, random),
        2 => Insert(bytes, random, Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)])),
        3 => Insert(bytes, random, Slice(others[random.Next(others.Count)], random)),
        4 => Insert(bytes, random, Slice(bytes, random)),
        5 => Insert(bytes, random, Repeated(Slice(bytes, random), random)),
        6 => OtherNumber(bytes, random),
        7 or 8 => JsonDamage.Of(bytes, random) ?? DerDamage.Of(bytes, random) ?? Flip(bytes, random),
        9 => DerDamage.Of(bytes, random) ?? JsonDamage.Of(bytes, random) ?? Cut(bytes, random),
        _ => SwapLines(bytes, random),
    };

    public static byte[] Flip(byte[] bytes, Random random)
    {
        if (bytes.Length == 0) return [(byte)random.Next(256)];
        var copy = (byte[])bytes.Clone();
        copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }

    private static byte[] Cut(byte[] bytes, Random random)
    {
        var from = random.Next(bytes.Length + 1);
        var to = Math.Min(bytes.Length, from + random.Next(1, 40));
        return [.. bytes.AsSpan(0, from), .. bytes.AsSpan(to)];
    }

    private static byte[] Insert(byte[] bytes, Random random, byte[] piece)
    {
        var at = random.Next(bytes.Length + 1);
        return [.. bytes.AsSpan(0, at), .. piece, .. bytes.AsSpan(at)];
    }

    private static byte[] Slice(byte[] bytes, Random random)
    {
        var from = random.Next(bytes.Length + 1);
        return bytes[from..Math.Min(bytes.Length, from + random.Next(200))];
    }

    private static byte[] Repeated(byte[] piece, Random random) => [.. Enumerable.Repeat(piece, random.Next(2, 300)).SelectMany(part => part).Take(Largest / 4)];

    private static byte[] OtherNumber(byte[] bytes, Random random)
    {
        var places = Enumerable.Range(0, bytes.Length).Where(i => char.IsAsciiDigit((char)bytes[i]) && (i == 0 || !char.IsAsciiDigit((char)bytes[i - 1]))).ToList();
        if (places.Count == 0) return Insert(bytes, random, Encoding.ASCII.GetBytes(random.Next().ToString(CultureInfo.InvariantCulture)));
        var from = places[random.Next(places.Count)];
        var to = from;
        while (to < bytes.Length && char.IsAsciiDigit((char)bytes[to])) to++;
        return [.. bytes.AsSpan(0, from), .. Encoding.ASCII.GetBytes(s_numbers[random.Next(s_numbers.Length)]), .. bytes.AsSpan(to)];
    }

    private static byte[] SwapLines(byte[] bytes, Random random)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split('\n');
        if (lines.Length < 3) return Cut(bytes, random);
        var (one, other) = (random.Next(lines.Length), random.Next(lines.Length));
        (lines[one], lines[other]) = (lines[other], random.Next(3) == 0 ? lines[other] : lines[one]);
        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }
}
