using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>A file with one thing changed.</summary>
internal readonly record struct Mutant(string Where, byte[] Bytes);

/// <summary>
/// Every single change: each byte of the file, and each byte of each value that it holds encoded, as base64, as PEM or as
/// JSON within a text.
/// </summary>
internal static class Mutants
{
    // the lowest bit stays within letters, digits and base64; 0x20 turns capitals into small letters
    private static readonly byte[] s_characterFlips = [0x01, 0x20];
    private static readonly byte[] s_byteFlips = [0x01, 0x80];

    private sealed record Token(string Field, int From, int To, string? Text);

    public static IEnumerable<Mutant> OfCharacters(byte[] file)
    {
        for (var i = 0; i < file.Length; i++)
            foreach (var flip in s_characterFlips)
            {
                var changed = (byte[])file.Clone();
                changed[i] ^= flip;
                yield return new($"@{i} '{(char)file[i]}' to '{(char)changed[i]}' in {Around(file, i)}", changed);
            }
    }

    public static IEnumerable<Mutant> OfDecodedBytes(byte[] file)
    {
        foreach (var token in Read(file))
            foreach (var (where, text) in OfText(token.Text))
                yield return new($"{token.Field}{where}", [.. file[..token.From], .. Quoted(text), .. file[token.To..]]);
    }

    private static IEnumerable<(string Where, string Text)> OfText(string? text)
    {
        if (text is not { Length: >= 4 }) return [];
        if (TryDecode(text) is { } decoded) return Flips(decoded).Select(change => (change.Where, Convert.ToBase64String(change.Bytes)));
        if (text[0] == '{') return OfDecodedBytes(Encoding.UTF8.GetBytes(text)).Select(change => ($".{change.Where}", Encoding.UTF8.GetString(change.Bytes)));
        return text.StartsWith("-----BEGIN", StringComparison.Ordinal) ? OfPem(text) : [];
    }

    private static IEnumerable<(string Where, string Text)> OfPem(string text)
    {
        for (var from = 0; PemEncoding.TryFind(text.AsSpan(from), out var block);)
        {
            var (start, end) = (from + block.Location.Start.GetOffset(text.Length - from), from + block.Location.End.GetOffset(text.Length - from));
            var label = text[from..][block.Label];
            foreach (var change in Flips(Convert.FromBase64String(text[from..][block.Base64Data])))
                yield return ($" block at {start}{change.Where}", text[..start] + PemEncoding.WriteString(label, change.Bytes) + text[end..]);
            from = end;
        }
    }

    private static IEnumerable<Mutant> Flips(byte[] bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
            foreach (var flip in s_byteFlips)
            {
                bytes[i] ^= flip;
                yield return new($"[{i}]", bytes);
                bytes[i] ^= flip;
            }
    }

    private static byte[] Quoted(string text) => [(byte)'"', .. JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"'];

    /// <summary>Names and values in order, each under the name it belongs to.</summary>
    private static List<Token> Read(byte[] file)
    {
        var tokens = new List<Token>();
        var reader = new Utf8JsonReader(file);
        var field = "";
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName) field = reader.GetString()!;
            tokens.Add(new(field, (int)reader.TokenStartIndex, (int)reader.BytesConsumed, reader.TokenType == JsonTokenType.String ? reader.GetString() : null));
        }
        return tokens;
    }

    private static byte[]? TryDecode(string text)
    {
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : null;
    }

    private static string Around(byte[] file, int at) =>
        Encoding.UTF8.GetString(file, Math.Max(0, at - 30), Math.Min(file.Length, at + 10) - Math.Max(0, at - 30));
}
