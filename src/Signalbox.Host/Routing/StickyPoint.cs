using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Signalbox.Delivery;

namespace Signalbox.Host.Routing;

/// <summary>Where in 0 to 9,999 a request falls: by its sticky key where it has one, else at random.</summary>
internal static class StickyPoint
{
    /// <summary>Keys are cookies and tokens; a longer one is cut, which still tells clients apart.</summary>
    private const int LongestKey = 512;

    /// <param name="hash">Of the key under the rollout's secret; null for unkeyed traffic.</param>
    public static int Of(Route route, ClientConnection connection, HttpContext http, out ulong? hash)
    {
        hash = null;
        if (route.Sticky is not { } sticky) return Random.Shared.Next(Weight.Full);
        var key = KeyOf(sticky, connection, http);
        if (key.IsEmpty) return Random.Shared.Next(Weight.Full);
        hash = Hash(route.Secret, key);
        return PointOf(hash.Value);
    }

    public static int PointOf(ulong hash) => (int)(hash % Weight.Full);

    public static ulong Hash(ReadOnlySpan<byte> secret, ReadOnlySpan<char> key)
    {
        Span<byte> bytes = stackalloc byte[LongestKey * 3];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var length = Encoding.UTF8.GetBytes(key[..Math.Min(key.Length, LongestKey)], bytes);
        HMACSHA256.HashData(secret, bytes[..length], mac);
        return BinaryPrimitives.ReadUInt64LittleEndian(mac);
    }

    private static ReadOnlySpan<char> KeyOf(StickyKey sticky, ClientConnection connection, HttpContext http)
    {
        if (sticky.ClientAddress) return connection.ClientAddress(http);
        if (sticky.Header is { } header) return http.Request.Headers[header].ToString();
        return sticky.Cookie is { } cookie ? CookieValue(http.Request.Headers.Cookie.ToString(), cookie) : default;
    }

    /// <summary>RFC 6265, 4.2.1: pairs separated by semicolons.</summary>
    public static ReadOnlySpan<char> CookieValue(string header, string name)
    {
        var rest = header.AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf(';');
            var pair = (end < 0 ? rest : rest[..end]).Trim();
            rest = end < 0 ? default : rest[(end + 1)..];
            var equals = pair.IndexOf('=');
            if (equals == name.Length && pair.StartsWith(name, StringComparison.Ordinal)) return pair[(equals + 1)..];
        }
        return default;
    }
}
