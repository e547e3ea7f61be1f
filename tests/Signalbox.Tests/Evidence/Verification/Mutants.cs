using System.Text;
using System.Text.Json;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>A bundle with one thing changed.</summary>
/// <param name="Field">The name of the field that was changed, or that the changed character is nearest behind.</param>
internal readonly record struct Mutant(string Field, string Where, byte[] Bundle);

/// <summary>Every single change: each byte of the file, and each byte of each value that the file holds as base64.</summary>
internal static class Mutants
{
    // the lowest bit stays within letters, digits and base64; 0x20 turns capitals into small letters
    private static readonly byte[] s_characterFlips = [0x01, 0x20];
    private static readonly byte[] s_byteFlips = [0x01, 0x80];

    private sealed record Token(string Field, int From, int To, string? Text);

    public static IEnumerable<Mutant> OfCharacters(byte[] bundle)
    {
        var tokens = Read(bundle);
        var token = 0;
        for (var i = 0; i < bundle.Length; i++)
        {
            while (token + 1 < tokens.Count && tokens[token + 1].From <= i) token++;
            foreach (var flip in s_characterFlips)
            {
                var changed = (byte[])bundle.Clone();
                changed[i] ^= flip;
                yield return new(tokens[token].Field, $"@{i} '{(char)bundle[i]}' to '{(char)changed[i]}' in {Around(bundle, i)}", changed);
            }
        }
    }

    public static IEnumerable<Mutant> OfDecodedBytes(byte[] bundle)
    {
        foreach (var token in Read(bundle))
            if (token.Text is { Length: >= 4 } && TryDecode(token.Text) is { } decoded)
                for (var i = 0; i < decoded.Length; i++)
                    foreach (var flip in s_byteFlips)
                    {
                        decoded[i] ^= flip;
                        yield return new(token.Field, $"{token.Field}[{i}]", [.. bundle[..token.From], .. Encoding.ASCII.GetBytes($"\"{Convert.ToBase64String(decoded)}\""), .. bundle[token.To..]]);
                        decoded[i] ^= flip;
                    }
    }

    /// <summary>Names and values in order, each under the name it belongs to.</summary>
    private static List<Token> Read(byte[] bundle)
    {
        var tokens = new List<Token>();
        var reader = new Utf8JsonReader(bundle);
        var field = "";
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName) field = reader.GetString()!;
            var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            tokens.Add(new(field, (int)reader.TokenStartIndex, (int)reader.BytesConsumed, text));
        }
        return tokens;
    }

    private static byte[]? TryDecode(string text)
    {
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : null;
    }

    private static string Around(byte[] bundle, int at) =>
        Encoding.UTF8.GetString(bundle, Math.Max(0, at - 30), Math.Min(bundle.Length, at + 10) - Math.Max(0, at - 30));
}
