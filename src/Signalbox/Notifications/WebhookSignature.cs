using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Signalbox.Notifications;

/// <summary>
/// The signature of Standard Webhooks 1.0 (standardwebhooks.com): HMAC-SHA256 over <c>id.timestamp.body</c>. The timestamp is
/// of the attempt, so that a receiver may refuse what is old.
/// </summary>
public static class WebhookSignature
{
    public static IEnumerable<(string Name, string Value)> Headers(string id, DateTimeOffset now, byte[] body, byte[] key)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var signature = HMACSHA256.HashData(key, signed);
        return [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", $"v1,{Convert.ToBase64String(signature)}")];
    }

    /// <summary>A secret as its receiver shows it: <c>whsec_</c> and base64, or any text, whose bytes are then the key.</summary>
    /// <returns>Null where it is shorter than 16 bytes.</returns>
    public static byte[]? Key(string secret)
    {
        var key = Encoding.UTF8.GetBytes(secret);
        if (secret.StartsWith("whsec_", StringComparison.Ordinal))
        {
            var decoded = new byte[secret.Length];
            if (!Convert.TryFromBase64String(secret[6..], decoded, out var length)) return null;
            key = decoded[..length];
        }
        return key.Length >= 16 ? key : null;
    }
}
