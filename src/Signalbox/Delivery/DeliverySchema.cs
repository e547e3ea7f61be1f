namespace Signalbox.Delivery;

/// <summary>The JSON Schema of signalbox.yaml (draft 2020-12), for editors and <c>signalbox schema</c>.</summary>
public static class DeliverySchema
{
    /// <summary>The bytes of docs/schema/signalbox.schema.json; the caller disposes the stream.</summary>
    public static Stream Open() => typeof(DeliverySchema).Assembly.GetManifestResourceStream("signalbox.schema.json")
        ?? throw new InvalidOperationException("the schema is not embedded in this build");
}
