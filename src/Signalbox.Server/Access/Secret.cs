using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Signalbox.Server.Access;

/// <summary>A bearer secret: 256 random bits. Only its SHA-256 is kept; with that much entropy no slow hash is needed.</summary>
internal static class Secret
{
    public const string TokenPrefix = "sbx_";

    public static string New(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public static bool Same(byte[] left, byte[] right) => CryptographicOperations.FixedTimeEquals(left, right);
}
