using System.Text.Json.Serialization.Metadata;
using Signalbox.Server.Access;

namespace Signalbox.Server.Http;

/// <param name="In">path, query or header.</param>
/// <param name="Schema">JSON Schema type: string, integer or boolean.</param>
internal sealed record Parameter(string Name, string In, string Schema, string Description, bool Required = false);

/// <summary>One route: what is mapped and what the OpenAPI document says come from here alone.</summary>
/// <param name="Id">operationId.</param>
/// <param name="Scope">What the token needs; None where the route takes no token.</param>
internal sealed record ApiEndpoint(string Method, string Path, string Id, Scope Scope, string Summary, Func<ApiRequest, Task> Handle)
{
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
