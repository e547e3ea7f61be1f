using System.Text.Json.Serialization.Metadata;
using Signalbox.Server.Access;

namespace Signalbox.Server.Http;

/// <param name="In">path, query or header.</param>
/// <param name="Schema">JSON Schema type: string, integer or boolean.</param>
internal sealed record Parameter(string Name, string In, string Schema, string Description, bool Required = false);

/// <summary>Whose things a route shows or changes.</summary>
internal enum Reach
{
    /// <summary>Those of all applications, or of the control plane itself: a bound token is refused.</summary>
    Everything,

    /// <summary>Nobody's: content by its digest, the caller's own session, policies to read.</summary>
    Nobodys,

    /// <summary>One application's or environment's: held against the token's bound by the route's own values, and by the handler for what the body or a record names.</summary>
    Confined,
}

/// <summary>One route: what is mapped and what the OpenAPI document says come from here alone.</summary>
/// <param name="Id">operationId.</param>
/// <param name="Scope">What the token needs; None where the route takes no token.</param>
internal sealed record ApiEndpoint(string Method, string Path, string Id, Scope Scope, string Summary, Func<ApiRequest, Task> Handle)
{
    /// <summary>What of it a token sees that is for one application or environment; nothing unless it is said.</summary>
    public Reach Reach { get; init; }

    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    public JsonTypeInfo? Body { get; init; }

    /// <summary>JSON of an example body.</summary>
    public string? Example { get; init; }

    /// <summary>Media type of a body that is not JSON.</summary>
    public string? RawBody { get; init; }

    public int Status { get; init; } = 200;

    public JsonTypeInfo? Answer { get; init; }

    public string AnswerMedia { get; init; } = "application/json";
}
