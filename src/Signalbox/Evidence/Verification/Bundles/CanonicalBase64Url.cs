using System.Buffers.Text;

namespace Signalbox.Evidence.Verification.Bundles;

/// <summary>Base64url (RFC 7515 section 2) in its one spelling: no padding, no spare bits.</summary>
internal static class CanonicalBase64Url
{
    /// <exception cref="MalformedException">It is not that.</exception>
    public static byte[] Decode(string text, string what)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(text);
            if (Base64Url.EncodeToString(bytes) == text) return bytes;
        }
        catch (FormatException)
        {
            // said below
        }
        throw new MalformedException($"{what} is not base64url in its canonical form");
    }
}
