using CsCheck;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>Names and values that try to become something else in what is written.</summary>
public sealed class HostileTextTests
{
    private static readonly long s_rounds = Environment.GetEnvironmentVariable("SIGNALBOX_EXHAUSTIVE") == "1" ? 10_000 : 300;

    private static readonly Gen<string> s_piece = Gen.OneOf(
        Gen.OneOf(
            "\n", "\r\n", "\r", "'", "\"", "\\", "`", "${{ secrets.TOKEN }}", "${{", "}}", "#{x}", "$(Build.SourceVersion)", "$(", ")", "$[variables.x]", "$$", "$CI_JOB_TOKEN", "${GITHUB_TOKEN}", "${env.X}", "*/", "//", "'''", "\"\"\"",
            ": ", " #", "- ", "? ", "| ", "> ", "&a ", "*a", "!!str ", "%", "@", "yes", "no", "on", "null", "~", "0777", "1e3", "12:30:00", "2024-01-01", "=", "<<", "\t", "\u0000", "\u0085", "\u2028", "\u2029", "\uFEFF", "\u200B", "\u202E", "😀", "\uD83D", "é",
            "\n  - run: curl evil", "\njobs:\n", "\" }\n", "\\u0027", "<<'EOF'", "EOF", "; rm -rf /", "$(id)", "job", "a"),
        Gen.String[Gen.Char.AlphaNumeric, 0, 4]);

    private static readonly Gen<string> s_text = s_piece.Array[1, 6].Select(string.Concat);

    [Fact]
    public void Values_StayWhatTheyAre() => Gen.Select(s_text, s_text, s_text, s_text).Sample((id, name, value, label) =>
    {
        foreach (var platform in PortableRig.Platforms)
        {
            var job = new PortableJob
            {
                Id = id,
                Name = name,
                Variables = [new("VALUE", PortableText.Of(value))],
                Steps = [new CheckoutStep(), new RunStep(PortableText.Of("echo \"$VALUE\"")) { Name = PortableText.Of(label) }],
            };
            var pipeline = new PortablePipeline { Name = name, Triggers = [new(PortableEvent.Push)], Jobs = [job, new() { Id = "last", Needs = [id], Steps = [new RunStep(PortableText.Of("true"))] }] };
            var (text, log) = PortableRig.Write(platform, pipeline);
            var (again, _) = PortableRig.Read(platform, text);
            Assert.True(again.Jobs.Count == 2, $"{platform}: {again.Jobs.Count} jobs\n{text}");
            Assert.True(again.Jobs[1].Needs.SequenceEqual([again.Jobs[0].Id]), $"{platform}: other needs\n{text}");
            Assert.True(again.Jobs[0].Steps.OfType<RunStep>().Select(s => s.Script.ToString()).Where(s => !s.StartsWith("echo 'left for a person: ", StringComparison.Ordinal)).SequenceEqual(["echo \"$VALUE\""]), $"{platform}: another script\n{text}");
            var read = again.Jobs[0].Variables.Where(v => v.Name == "VALUE").Select(v => v.Value).ToList();
            Assert.True(read is [var only] && (Same(only, value) || log.AnyLeft), $"{platform}: {read.FirstOrDefault()} is not {value}\n{text}");
            Assert.True(again.Jobs.SelectMany(j => j.Variables).SelectMany(v => v.Value.References).All(_ => false), $"{platform}: a reference was made\n{text}");
        }
    }, iter: s_rounds);

    [Fact]
    public void Conditions_StayWhatTheyAre() => Gen.Select(s_text, s_text).Sample((branch, value) =>
    {
        var wanted = PortableCondition.All(new RefIs(false, branch.Replace("*", "", StringComparison.Ordinal)), new ValueIs(new(ReferenceKind.Setting, "MODE"), value))!;
        foreach (var platform in PortableRig.Platforms)
        {
            var (text, log) = PortableRig.Write(platform, new() { Triggers = [new(PortableEvent.Push)], Jobs = [new() { Id = "a", If = wanted, Steps = [new RunStep(PortableText.Of("true"))] }] });
            var (again, _) = PortableRig.Read(platform, text);
            Assert.True(again.Jobs.Count == 1, $"{platform}: {again.Jobs.Count} jobs\n{text}");
            Assert.True(log.AnyLeft || Lone(branch) || Lone(value) || PortableRig.Print(again.Jobs[0].If) == PortableRig.Print(wanted), $"{platform}: {PortableRig.Print(again.Jobs[0].If)}\nis not {PortableRig.Print(wanted)}\n{text}");
        }
    }, iter: s_rounds);

    [Fact]
    public void LeftMessages_CannotBecomeCode() => s_text.Sample(uses =>
    {
        var pipeline = new PortablePipeline { Triggers = [new(PortableEvent.Push)], Jobs = [new() { Id = "a", Steps = [new ForeignStep(Platform.Jenkins, uses, [new("with", PortableText.Of(uses))])] }] };
        foreach (var platform in PortableRig.Platforms.Where(p => p != Platform.Jenkins))
        {
            var (text, log) = PortableRig.Write(platform, pipeline);
            Assert.True(log.AnyLeft);
            var script = Assert.Single(PortableRig.Read(platform, text).Pipeline.Jobs[0].Steps.OfType<RunStep>()).Script;
            Assert.Empty(script.References);
            var commands = Signalbox.Pipelines.Shell.ShellScript.Parse(script.Literal!).Commands;
            Assert.True(commands.Select(c => c.Program).SequenceEqual(["echo", "exit"]), $"{platform}: {script}");
        }
    }, iter: s_rounds);

    // what is no character, or what Groovy and YAML both refuse, may become a sign in its place
    private static bool Same(PortableText read, string value) => read.ToString() == value || Lone(value);

    private static bool Lone(string value) => value.Where((c, i) => char.IsHighSurrogate(c) ? i + 1 == value.Length || !char.IsLowSurrogate(value[i + 1]) : char.IsLowSurrogate(c) && (i == 0 || !char.IsHighSurrogate(value[i - 1]))).Any();
}
