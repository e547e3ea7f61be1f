namespace Signalbox.Evidence.Verification.Bundles;

/// <summary>
/// RFC 4648 section 4 in its one canonical spelling. Lenient decoders skip white space and spare bits, which would let
/// a changed text stand for the same bytes.
/// </summary>
internal static class CanonicalBase64
{
    /// <exception cref="MalformedException">It is not canonical base64.</exception>
    public static byte[] Decode(string text, string what)
    {
        try
        {
            var bytes = Convert.FromBase64String(text);
            if (Convert.ToBase64String(bytes) == text) return bytes;
        }
        catch (FormatException)
        {
            // said below
        }
        throw new MalformedException($"{what} is not canonical base64");
    }
}
