using System.Collections.Concurrent;
using System.Text.Json;

namespace Signalbox.Evidence.Reports.Schemas;

/// <summary>The schemas that are embedded, each made ready when it is first needed.</summary>
internal static class SchemaStore
{
    private static readonly ConcurrentDictionary<string, JsonElement> s_documents = new();
    private static readonly ConcurrentDictionary<string, JsonSchema> s_schemas = new();

    /// <param name="name">Of a file in Schemas/data.</param>
    public static JsonSchema Get(string name) => Schema(name, "");

    /// <summary>The text of embedded data.</summary>
    public static Stream Open(string name) => typeof(SchemaStore).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded");

    private static JsonElement Document(string name) => s_documents.GetOrAdd(name, static key =>
    {
        using var stream = Open(key);
        return JsonDocument.Parse(stream).RootElement;
    });

    private static JsonSchema Schema(string name, string pointer) => s_schemas.GetOrAdd($"{name}#{pointer}", _ =>
    {
        var at = Document(name);
        foreach (var step in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries)) at = at.GetProperty(step);
        return new(at, reference => Resolve(name, reference));
    });

    /// <summary>A reference names a place in this document (<c>#/definitions/x</c>), another document, or a place in that.</summary>
    private static JsonSchema Resolve(string name, string reference)
    {
        var parts = reference.Split('#', 2);
        var document = parts[0].Length == 0 ? name : parts[0][(parts[0].LastIndexOf('/') + 1)..];
        return Schema(document, parts.Length > 1 ? parts[1] : "");
    }
}
