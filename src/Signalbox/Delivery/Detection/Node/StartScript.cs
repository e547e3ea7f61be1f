using Signalbox.Delivery.Reading;

namespace Signalbox.Delivery.Detection.Node;

/// <summary>A script of package.json as a command that needs no package manager in between, so that signals reach the program.</summary>
/// <param name="Command">Null where only a shell in the project could run it.</param>
/// <param name="Entry">The file it starts, where it is one of the project's own.</param>
internal sealed record StartScript(JsonPlace Script, string Name, IReadOnlyList<string>? Command, IReadOnlyList<(string Name, string Value)> Environment, string? Entry)
{
    private const int Deepest = 5;

    /// <summary>They watch files and compile on the way: for development alone.</summary>
    private static readonly string[] Watchers = ["nodemon", "node-dev", "ts-node-dev"];

    private static readonly string[] DevelopmentServers = ["vite", "react-scripts", "vue-cli-service", "ng", "webpack", "webpack-dev-server", "astro", "gatsby", "nuxt", "nuxi", "parcel", "nest", "serve", "http-server"];

    /// <summary>What starts servers of built projects rather than development ones.</summary>
    private static readonly string[] Candidates = ["start:prod", "start:production", "prod", "start", "serve", "server"];

    /// <summary>The first script that starts a program for production.</summary>
    public static StartScript? Find(PackageFile package) =>
        Candidates.Select(name => Read(package, name, 0)).FirstOrDefault(script => script is not null);

    private static StartScript? Read(PackageFile package, string name, int depth)
    {
        if (depth > Deepest || package.Script(name) is not { Text: { } text } script) return null;
        var words = CommandLine.Split(text, out var problem);
        if (problem is not null) return new(script, name, null, [], null);
        var environment = new List<(string, string)>();
        var at = 0;
        for (; at < words.Count; at++)
        {
            var equals = words[at].IndexOf('=');
            if (words[at] is "cross-env" or "env" or "exec") continue;
            if (equals <= 0 || !ServiceReader.IsVariable(words[at][..equals])) break;
            if (words[at][..equals] != "PORT") environment.Add((words[at][..equals], words[at][(equals + 1)..]));
        }
        string[] rest = [.. words.Skip(at)];
        return rest switch
        {
            [] => null,
            ["npm" or "pnpm" or "yarn" or "bun", "run", var other, ..] => Read(package, other, depth + 1),
            ["npm" or "pnpm", "start", ..] => Read(package, "start", depth + 1),
            ["yarn", var other] when package.Script(other) is not null => Read(package, other, depth + 1),
            ["next", "dev", ..] or ["fastify", "start", "-w", ..] => null,
            [var program, ..] when DevelopmentServers.Contains(program) => null,
            _ => Direct(script, name, rest, environment),
        };
    }

    private static StartScript Direct(JsonPlace script, string name, string[] words, List<(string, string)> environment)
    {
        if (Watchers.Contains(words[0])) words = ["node", .. words[1..].SkipWhile(word => word.StartsWith('-'))];
        if (words[0] != "node" && !words[0].Contains('/')) words = [$"./node_modules/.bin/{words[0]}", .. words[1..]];
        if (words[0] == "node") words = ["node", .. words[1..].Where(word => word is not ("--watch" or "--inspect"))];
        return new(script, name, words, environment, words[0] == "node" ? words.Skip(1).FirstOrDefault(word => !word.StartsWith('-')) : null);
    }

    /// <summary>The package whose program is started; null for node itself and the project's own files.</summary>
    public string? Tool => Command?[0] is { } program && program.StartsWith("./node_modules/.bin/", StringComparison.Ordinal) ? program["./node_modules/.bin/".Length..] : null;
}
