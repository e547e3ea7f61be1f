using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Signalbox.Cli.Terminal;

/// <summary>System.CommandLine's help at a fixed width, with examples under it.</summary>
internal sealed class HelpPage(HelpAction page, string[] examples) : SynchronousCommandLineAction
{
    /// <summary>Fixed, so that help reads the same in a pipe, in a narrow window and in the golden files.</summary>
    private const int Columns = 100;

    public override bool ClearsParseErrors => true;

    public static void Install(Command command, params string[] examples)
    {
        var help = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (help is null) command.Add(help = new HelpOption());
        help.Description = "Show this help";
        help.Action = new HelpPage(new HelpAction { MaxWidth = Columns }, examples);
    }

    public override int Invoke(ParseResult parseResult)
    {
        page.Invoke(parseResult);
        if (examples.Length == 0) return ExitCode.Yes;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples) output.WriteLine("  " + example);
        output.WriteLine();
        return ExitCode.Yes;
    }
}
