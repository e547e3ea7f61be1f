using System.Globalization;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>
/// The keys a package registry signs with: npm's <c>keys.json</c> as Sigstore's trust root distributes it
/// (<c>keyId, keyUsage, publicKey{rawBytes, validFor}</c>) or as the registry serves it (<c>keyid, key, expires</c>).
/// </summary>
public sealed class RegistryKeys
{
    private const string AttestationUsage = "npm:attestations";

    private readonly List<(string Id, VerificationKey Key, TimeWindow Window)> _keys;

    private RegistryKeys(List<(string, VerificationKey, TimeWindow)> keys) => _keys = keys;

    /// <exception cref="FormatException">It is not such a file.</exception>
    public static RegistryKeys Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return new([.. JsonFields.Parse(json, "the registry's keys").Objects("keys").Where(IsForAttestations).Select(ReadKey)]);
        }
        catch (MalformedException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    internal (VerificationKey Key, TimeWindow Window)? Find(string id) =>
        _keys.FirstOrDefault(key => key.Id == id) is { Key: { } key, Window: { } window } ? (key, window) : null;

    private static bool IsForAttestations(JsonFields key) => !key.Has("keyUsage") || key.Text("keyUsage") == AttestationUsage;

    private static (string, VerificationKey, TimeWindow) ReadKey(JsonFields key)
    {
        if (key.Object("publicKey") is not { } distributed)
            return (key.RequiredText("keyid"), VerificationKey.FromSpki(key.RequiredBytes("key")), new(DateTimeOffset.MinValue, Time(key, "expires")));
        var window = distributed.Object("validFor");
        return (key.RequiredText("keyId"), VerificationKey.FromSpki(distributed.RequiredBytes("rawBytes")),
            new((window is { } from ? Time(from, "start") : null) ?? DateTimeOffset.MinValue, window is { } to ? Time(to, "end") : null));
    }

    private static DateTimeOffset? Time(JsonFields from, string name)
    {
        if (from.Text(name) is not { } text) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new MalformedException($"{from.At(name)} is not a time");
    }
}
