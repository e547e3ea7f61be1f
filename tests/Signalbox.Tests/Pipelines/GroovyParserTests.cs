using Signalbox.Pipelines.Jenkins;
using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Tests.Pipelines;

public sealed class GroovyParserTests
{
    [Theory]
    [InlineData("sh 'a $x'", "a $x", 0)]
    [InlineData("sh \"a $x.y ${z} \\$w\"", "a $x.y ${z} $w", 2)]
    [InlineData("sh '''a\n'b' ''' ", "a\n'b' ", 0)]
    [InlineData("sh \"\"\"a \"b\" ${c[\"d\"]}\"\"\"", "a \"b\" ${c[\"d\"]}", 1)]
    [InlineData("sh(/a\\d $x/)", "a\\d $x", 1)]
    [InlineData("sh($/a $x/$)", "a $x", 1)]
    public void Strings_HaveTheirKindsAndInterpolations(string text, string value, int interpolations)
    {
        var call = Assert.IsType<GroovyCall>(Assert.Single(GroovyParser.Parse(text).Statements));
        var literal = Assert.IsType<GroovyText>(call.First).String;
        Assert.Equal(value, literal.Value);
        Assert.Equal(interpolations, literal.Interpolations.Count);
    }

    [Fact]
    public void CallsWithAndWithoutParentheses_AreTheSame()
    {
        var root = GroovyParser.Parse("timeout(time: 1, unit: 'HOURS') { sh script: 'x', returnStdout: true }\ndef v = sh(script: 'y').trim()\ndocker.image('z').inside('-u 0') { echo 'k' }");
        var timeout = root.Calls.First();
        Assert.Equal(["time", "unit"], timeout.Arguments.Select(a => a.Name));
        Assert.Equal("x", ((GroovyText)timeout.Block!.Calls.Single().Named("script")!).String.Value);
        var inside = root.Calls.Last();
        Assert.Equal("inside", inside.Name);
        Assert.Equal("docker.image", Assert.IsType<GroovyCall>(inside.Receiver).Path);
        Assert.NotNull(inside.Block);
    }

    [Theory]
    [InlineData("docker.image('z').inside { echo 'k' }")]
    [InlineData("docker.image('z').inside() { echo 'k' }")]
    [InlineData("docker.image('z').inside { c -> echo 'k' }")]
    [InlineData("docker\n  .image('z')\n  .inside { echo 'k' }")]
    public void ClosureBehindACallsMember_IsItsArgument(string text)
    {
        var inside = Assert.IsType<GroovyCall>(Assert.Single(GroovyParser.Parse(text).Statements));
        Assert.Equal("inside", inside.Name);
        Assert.Empty(inside.Arguments);
        Assert.Equal("docker.image", Assert.IsType<GroovyCall>(inside.Receiver).Path);
        Assert.Equal("echo", Assert.Single(inside.Block!.Calls).Name);
        Assert.Equal(new(0, text.Length), inside.Range);
    }

    [Fact]
    public void ClosuresInAChain_BelongToTheirOwnMembers()
    {
        var each = Assert.IsType<GroovyCall>(Assert.Single(GroovyParser.Parse("list().findAll { a }.each { b }").Statements));
        Assert.Equal(("each", "findAll"), (each.Name, Assert.IsType<GroovyCall>(each.Receiver).Name));
        Assert.NotNull(each.Block);
        Assert.NotNull(((GroovyCall)each.Receiver!).Block);
    }

    [Fact]
    public void ScriptsPlaces_AreTheFiles()
    {
        const string Text = "node {\n  sh '''\n    make\n    kubectl apply -f k8s\n  '''\n}\n";
        var jenkins = JenkinsReader.Read("Jenkinsfile", new YamlText(Text));
        var script = jenkins.Pipeline.Jobs.Single().Steps.Single().Script!;
        var command = script.Shell.Commands.Single(c => c.Program == "kubectl");
        Assert.Equal("kubectl apply -f k8s", new YamlText(Text).Slice(script.InFile(command.Range)));
    }

    [Fact]
    public void DeclarativeStages_AreJobsInOrder()
    {
        const string Text = """
            pipeline {
              agent any
              stages {
                stage('Build') { steps { sh 'make' } }
                stage('Check') {
                  parallel {
                    stage('Unit') { steps { sh 'make unit' } }
                    stage('Lint') { when { branch 'main' } steps { sh 'make lint' } }
                  }
                }
                stage('Ship') { input { message 'go?' } steps { sh './ship' } }
              }
              post { always { junit '*.xml' } }
            }
            """;
        var pipeline = JenkinsReader.Read("Jenkinsfile", new YamlText(Text)).Pipeline;
        Assert.Equal(["Build", "Unit", "Lint", "Ship", "post"], pipeline.Jobs.Select(j => j.Id));
        Assert.Equal(["Unit", "Lint"], pipeline.Job("Ship")!.Needs.Select(n => n.Id));
        Assert.NotNull(pipeline.Job("Ship")!.Manual);
    }

    /// <summary>Deep nests, open ends and odd signs end, and quickly.</summary>
    [Theory]
    [InlineData("{", 20_000)]
    [InlineData("(", 20_000)]
    [InlineData("[a:", 20_000)]
    [InlineData("a.b(", 20_000)]
    [InlineData("x { sh \"${", 5_000)]
    [InlineData("\"\"\"${", 5_000)]
    [InlineData("a.b().c()", 20_000)]
    [InlineData("a().b { ", 20_000)]
    [InlineData("a().b {}.c {}", 20_000)]
    [InlineData("a ? b : ", 20_000)]
    [InlineData("'", 20_001)]
    [InlineData("node{stage('x'){", 10_000)]
    [InlineData("}", 20_000)]
    [InlineData("a +\n", 20_000)]
    [InlineData("\0\u2028@/$", 10_000)]
    public void HostileText_IsRead(string piece, int times)
    {
        var text = string.Concat(Enumerable.Repeat(piece, times));
        JenkinsReader.Read("Jenkinsfile", new YamlText(text));
        JenkinsReader.Read("Jenkinsfile", new YamlText("pipeline { stages { stage('x') { steps { " + text));
    }
}
