using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server;

/// <summary>OpenAPI 3.1 from the endpoint table; schemas from the same source-generated types that read and write.</summary>
internal static class OpenApiDocument
{
    public static byte[] Write(IEnumerable<ApiEndpoint> endpoints, string version)
    {
        var schemas = new JsonObject { ["Problem"] = Schema(ApiRequest.Json.Problem) };
        var paths = new JsonObject();
        foreach (var endpoint in endpoints)
        {
            if (paths[endpoint.Path] is not JsonObject path) paths[endpoint.Path] = path = [];
            path[endpoint.Method.ToLowerInvariant()] = Operation(endpoint, schemas);
        }

        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Signalbox",
                ["version"] = version,
                ["summary"] = "Releases, rollouts and the ledger of one control plane",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
            },
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }, new JsonObject { ["session"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["session"] = new JsonObject { ["type"] = "apiKey", ["in"] = "cookie", ["name"] = $"{Api.SessionCookie.Name}_PORT" },
                },
            },
        };
        return Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    private static JsonObject Operation(ApiEndpoint endpoint, JsonObject schemas)
    {
        var operation = new JsonObject { ["operationId"] = endpoint.Id, ["summary"] = endpoint.Summary };
        if (endpoint.Scope == Scope.None) operation["security"] = new JsonArray();
        else operation["description"] = $"Needs the scope {endpoint.Scope.ToNames()[0]} or admin.";
        if (endpoint.Parameters.Count > 0) operation["parameters"] = new JsonArray([.. endpoint.Parameters.Select(Parameter)]);
        if (endpoint.Body is { } body)
            operation["requestBody"] = RequestBody(Content("application/json", Reference(body, schemas), endpoint.Example));
        else if (endpoint.RawBody is { } media)
            operation["requestBody"] = RequestBody(Content(media, new JsonObject { ["type"] = "string", ["format"] = "binary" }, null));
        operation["responses"] = Responses(endpoint, schemas);
        return operation;
    }

    private static JsonObject RequestBody(JsonObject content) => new() { ["required"] = true, ["content"] = content };

    private static JsonNode Parameter(Parameter parameter) => new JsonObject
    {
        ["name"] = parameter.Name,
        ["in"] = parameter.In,
        ["required"] = parameter.Required,
        ["description"] = parameter.Description,
        ["schema"] = new JsonObject { ["type"] = parameter.Schema },
    };

    private static JsonObject Responses(ApiEndpoint endpoint, JsonObject schemas)
    {
        var success = new JsonObject { ["description"] = endpoint.Summary };
        if (endpoint.Answer is { } answer) success["content"] = Content(endpoint.AnswerMedia, Reference(answer, schemas), null);
        else if (endpoint.AnswerMedia != "application/json") success["content"] = Content(endpoint.AnswerMedia, new JsonObject { ["type"] = "string" }, null);
        return new()
        {
            [endpoint.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = success,
            ["default"] = new JsonObject
            {
                ["description"] = "A refusal: what was seen, what was expected, and a line that may mend it",
                ["content"] = Content("application/json", new JsonObject { ["$ref"] = "#/components/schemas/Problem" }, null),
            },
        };
    }

    private static JsonObject Content(string media, JsonNode schema, string? example)
    {
        var content = new JsonObject { ["schema"] = schema };
        if (example is not null) content["example"] = JsonNode.Parse(example);
        return new() { [media] = content };
    }

    private static JsonObject Reference(JsonTypeInfo type, JsonObject schemas)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable && type.ElementType is { } element)
            return new JsonObject { ["type"] = "array", ["items"] = Reference(ApiRequest.Json.GetTypeInfo(element)!, schemas) };
        var name = type.Type.Name;
        if (!schemas.ContainsKey(name)) schemas[name] = Schema(type);
        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private static JsonNode Schema(JsonTypeInfo type) => type.GetJsonSchemaAsNode(new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Transform,
    });

    /// <summary>The types with converters of their own, and which members are always there.</summary>
    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = context.TypeInfo.Type;
        if (type == typeof(Digest)) return new JsonObject { ["type"] = "string", ["pattern"] = "^sha256:[0-9a-f]{64}$" };
        if (type == typeof(Weight)) return new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = Weight.Full, ["description"] = "basis points" };
        if (type == typeof(RawJson)) return new JsonObject { ["description"] = "the fact as it was hashed" };
        if (schema is JsonObject node && context.TypeInfo.Kind == JsonTypeInfoKind.Object && node["properties"] is JsonObject)
        {
            var always = context.TypeInfo.Properties.Where(p => !p.IsGetNullable && Nullable.GetUnderlyingType(p.PropertyType) is null);
            node["required"] = new JsonArray([.. always.Select(p => (JsonNode)JsonValue.Create(p.Name))]);
        }

        return schema;
    }
}
