using System.Text.Json.Serialization;

namespace Signalbox.Server.Access;

/// <param name="Hash">SHA-256 of the token, lower-case hex; the token itself is nowhere.</param>
internal sealed record TokenCreatedFact(string Id, string Principal, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt, string Hash);

internal sealed record TokenRevokedFact(string Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TokenCreatedFact))]
[JsonSerializable(typeof(TokenRevokedFact))]
internal sealed partial class TokenJson : JsonSerializerContext;
