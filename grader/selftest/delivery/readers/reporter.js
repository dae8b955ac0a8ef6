// Prints the notice that GitHub's grading reporter writes for one runner.
const fs = require("fs");
const [folder, made] = process.argv.slice(2);
const core = require("@actions/core");
let said;
core.notice = (text, { title }) => { if (title === "Autograding report") said = text; };
const { NotifyClassroom } = require(`${folder}/src/notify-classroom.js`);
NotifyClassroom([{ runner: "grader", results: JSON.parse(fs.readFileSync(made, "utf8")) }]);
console.log(said);
