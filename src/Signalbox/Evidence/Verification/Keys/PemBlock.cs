using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Keys;

/// <summary>RFC 7468 text, where exactly one block (or the first of several) is meant. Each character is looked at a few times, however many blocks there are.</summary>
internal static class PemBlock
{
    private const string Begin = "-----BEGIN ", End = "-----END ", Dashes = "-----";

    /// <exception cref="MalformedException">There is no block, or something beside it.</exception>
    public static (string Label, byte[] Der) ReadOnly(string pem, string what)
    {
        var rest = pem.AsSpan();
        var block = ReadNext(ref rest, what);
        return rest.IsWhiteSpace() ? block : throw new MalformedException($"{what} has more than one PEM block");
    }

    /// <summary>All blocks in order.</summary>
    /// <param name="most">More blocks are refused before they are read.</param>
    /// <exception cref="MalformedException">There is no block, something beside one, or more of them.</exception>
    public static IReadOnlyList<(string Label, byte[] Der)> ReadAll(string pem, string what, int most = int.MaxValue)
    {
        var blocks = new List<(string, byte[])>();
        for (var rest = pem.AsSpan(); !rest.IsWhiteSpace();)
        {
            if (blocks.Count == most) throw new MalformedException($"{what} has more than {most} PEM blocks");
            blocks.Add(ReadNext(ref rest, what));
        }
        return blocks.Count > 0 ? blocks : throw new MalformedException($"{what} is not PEM");
    }

    /// <summary>Takes the block that stands first, cut out beforehand: to find one among others costs a pass for each beginning.</summary>
    private static (string Label, byte[] Der) ReadNext(ref ReadOnlySpan<char> rest, string what)
    {
        var text = rest.TrimStart();
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (!text.StartsWith(Begin, StringComparison.Ordinal) || end < 0 || text[Begin.Length..end].Contains(Begin, StringComparison.Ordinal)) throw NotPem(what);
        var label = text[(end + End.Length)..].IndexOf(Dashes, StringComparison.Ordinal);
        if (label < 0) throw NotPem(what);
        var block = text[..(end + End.Length + label + Dashes.Length)];
        rest = text[block.Length..];
        if (!PemEncoding.TryFind(block, out var fields) || !fields.Location.Equals(..block.Length) || (rest.Length > 0 && !char.IsWhiteSpace(rest[0]))) throw NotPem(what);
        var base64 = string.Concat(block[fields.Base64Data].ToString().Where(c => !char.IsWhiteSpace(c)));
        return (block[fields.Label].ToString(), CanonicalBase64.Decode(base64, what));
    }

    private static MalformedException NotPem(string what) => new($"{what} is not PEM");
}
