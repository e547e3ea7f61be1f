using System.CommandLine;
using Signalbox.Delivery;

namespace Signalbox.Cli.Verbs;

internal static class SchemaVerb
{
    public static Command Create() => new Verb("schema", "Print the JSON Schema of signalbox.yaml, for editors that complete it.",
        "signalbox schema > signalbox.schema.json").Does(RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        using var schema = new StreamReader(DeliverySchema.Open());
        session.Out.Write(await schema.ReadToEndAsync(session.Cancel).ConfigureAwait(false));
        return ExitCode.Yes;
    }
}
