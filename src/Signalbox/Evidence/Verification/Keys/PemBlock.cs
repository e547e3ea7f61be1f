using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Keys;

/// <summary>RFC 7468 text, where exactly one block (or the first of several) is meant.</summary>
internal static class PemBlock
{
    /// <exception cref="MalformedException">There is no block, or something beside it.</exception>
    public static (string Label, byte[] Der) ReadOnly(string pem, string what)
    {
        var (label, der, rest) = ReadNext(pem, what);
        return string.IsNullOrWhiteSpace(rest) ? (label, der) : throw new MalformedException($"{what} has more than one PEM block");
    }

    /// <summary>All blocks in order.</summary>
    public static IReadOnlyList<(string Label, byte[] Der)> ReadAll(string pem, string what)
    {
        var blocks = new List<(string, byte[])>();
        for (var rest = pem; !string.IsNullOrWhiteSpace(rest);)
        {
            (var label, var der, rest) = ReadNext(rest, what);
            blocks.Add((label, der));
        }
        return blocks.Count > 0 ? blocks : throw new MalformedException($"{what} is not PEM");
    }

    private static (string Label, byte[] Der, string Behind) ReadNext(string pem, string what)
    {
        if (!PemEncoding.TryFind(pem, out var fields) || !string.IsNullOrWhiteSpace(pem[..fields.Location.Start]))
            throw new MalformedException($"{what} is not PEM");
        var text = string.Concat(pem[fields.Base64Data].Where(c => !char.IsWhiteSpace(c)));
        return (pem[fields.Label], CanonicalBase64.Decode(text, what), pem[fields.Location.End..]);
    }
}
