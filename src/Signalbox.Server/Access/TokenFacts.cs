using System.Text.Json.Serialization;

namespace Signalbox.Server.Access;

/// <param name="Hash">SHA-256 of the token, lower-case hex; the token itself is nowhere.</param>
/// <param name="Exchanged">Digest of the job's token that it was given for, which is spent by it; null where an admin made it.</param>
/// <param name="Application">The only one that it is for; null for any.</param>
/// <param name="Environment">The only one that it is for; null for any.</param>
internal sealed record TokenCreatedFact(
    string Id, string Principal, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt, string Hash, string? Exchanged = null, string? Application = null, string? Environment = null);

internal sealed record TokenRevokedFact(string Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenCreatedFact))]
[JsonSerializable(typeof(TokenRevokedFact))]
internal sealed partial class TokenJson : JsonSerializerContext;
