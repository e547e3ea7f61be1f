using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Storage;

namespace Signalbox.Server.Access;

/// <param name="Hash">SHA-256 of the cookie's value, lower-case hex; the value itself is nowhere.</param>
internal sealed record StoredSession(string Hash, string TokenId, DateTimeOffset ExpiresAt);

/// <summary>Keeps sessions over a restart of the control plane, so that an open page goes on.</summary>
/// <param name="path">A file of mode 0600.</param>
/// <param name="log">Told where it cannot be read or written: sessions then end with the process.</param>
internal sealed class SessionFile(string path, Action<string> log)
{
    public IReadOnlyList<StoredSession> Read()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), SessionJson.Default.IReadOnlyListStoredSession) ?? [] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            log($"{path} cannot be read, so pages have to sign in again: {e.Message}");
            return [];
        }
    }

    public void Write(IReadOnlyList<StoredSession> sessions)
    {
        try
        {
            StateDirectory.WriteSecret(path, JsonSerializer.Serialize(sessions, SessionJson.Default.IReadOnlyListStoredSession));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log($"{path} cannot be written, so sessions end with the control plane: {e.Message}");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(IReadOnlyList<StoredSession>))]
internal sealed partial class SessionJson : JsonSerializerContext;
