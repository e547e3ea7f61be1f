namespace Signalbox.Delivery.Detection;

/// <summary>Says which programs of a proposal this machine has not got: <c>check</c> sees those alone that no shell starts.</summary>
internal static class MissingPrograms
{
    private static readonly string[] Always = ["rm", "cp", "cd", "mkdir", "sh", "export", "("];

    public static void Tell(ServiceProposal service, Programs programs, Notes notes)
    {
        if (!programs.AreKnown) return;
        var started = service.Command.Value is ["sh", "-c", var line] && line.StartsWith("exec ", StringComparison.Ordinal) ? [line["exec ".Length..]] : Array.Empty<string>();
        var built = (service.Build?.Value ?? "").Split('\n').Select(step => step.TrimStart('('));
        foreach (var name in started.Concat(built).Select(FirstWord).OfType<string>().Distinct())
            if (!programs.IsThere(name))
                notes.Warn(InitIds.ProgramMissing, $"'{name}' is not on this machine's PATH where a service could start it; expected it there before `signalbox up`", service.Found, $"command -v {name}");
    }

    /// <returns>Null for what every shell has, and for paths: a build may make them.</returns>
    private static string? FirstWord(string line)
    {
        var word = line.Split(' ').SkipWhile(part => part.Contains('=')).FirstOrDefault() ?? "";
        return word.Length == 0 || word.Contains('/') || word.Contains(')') || Always.Contains(word) ? null : word;
    }
}
