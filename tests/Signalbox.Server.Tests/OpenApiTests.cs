using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;

namespace Signalbox.Server.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task Document_NamesEveryMappedRouteAndNoOther()
    {
        await using var test = await TestServer.StartAsync();
        var document = await ReadAsync(test);

        var documented = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"));
        var mapped = test.Server.MappedRoutes.OfType<RouteEndpoint>().SelectMany(route =>
            route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText}"));

        Assert.Equal(mapped.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_IsClosedInItself()
    {
        await using var test = await TestServer.StartAsync();
        var document = await ReadAsync(test);
        var schemas = document["components"]!["schemas"]!.AsObject();

        Assert.Equal("3.1.0", (string?)document["openapi"]);
        foreach (var reference in References(document).Where(r => r.StartsWith("#/components/", StringComparison.Ordinal)))
            Assert.True(schemas.ContainsKey(reference["#/components/schemas/".Length..]), reference);
        var ids = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(o => (string)o.Value!["operationId"]!).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task Examples_AreWhatTheRoutesTake()
    {
        await using var test = await TestServer.StartAsync();

        foreach (var endpoint in test.Server.Endpoints.Where(e => e.Body is not null))
        {
            Assert.NotNull(endpoint.Example);
            Assert.NotNull(JsonSerializer.Deserialize(endpoint.Example, endpoint.Body!));
        }
    }

    [Fact]
    public async Task Schema_SaysWhatIsAlwaysThere()
    {
        await using var test = await TestServer.StartAsync();
        var schema = (await ReadAsync(test))["components"]!["schemas"]!["RolloutView"]!;

        var required = schema["required"]!.AsArray().Select(n => (string)n!).ToList();
        Assert.Contains("id", required);
        Assert.DoesNotContain("endedAt", required);
        Assert.Equal("integer", (string?)schema["properties"]!["weight"]!["type"]);
    }

    private static async Task<JsonNode> ReadAsync(TestServer test)
    {
        using var answer = await test.SendAsync("GET", "/openapi.json");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => p is { Key: "$ref", Value: JsonValue value } ? [(string)value!] : References(p.Value)),
        JsonArray a => a.SelectMany(References),
        _ => [],
    };
}
